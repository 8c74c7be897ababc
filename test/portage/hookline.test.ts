/**
 * What bash tells the warden when a build begins: the variables by which a build may differ in ways that no recipe names.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type MomentValues, parseMoment } from '../../src/daemon/moment.ts'

const HOOK = join(import.meta.dirname, '../../etc-portage/standin.bash')
const skip = process.getuid?.() === 0 ? false : 'the hook speaks for root only'

/** As Portage gives it to the first phase. */
const PORTAGE: Readonly<Record<string, string>> = {
  CATEGORY: 'test-misc',
  PN: 'flags',
  PF: 'flags-1',
  PORTAGE_TMPDIR: '/var/tmp',
  PORTAGE_BUILDDIR: '/var/tmp/portage/test-misc/flags-1',
  MERGE_TYPE: 'source',
  EBUILD_PHASE: 'clean',
  STANDIN_FEATURES: 'publish',
  FEATURES: 'fixlafiles network-sandbox pid-sandbox sandbox userpriv usersandbox',
  MAKEOPTS: '-j2',
  PYTHON_TARGETS: 'python3_13',
  PYTHONDONTWRITEBYTECODE: '1',
  CARGO_TERM_COLOR: 'never',
  GCC_COLORS: '',
  PATH: '/usr/lib/portage/bin/ebuild-helpers:/usr/local/bin:/usr/bin:/opt/bin:/bin:/sbin',
}

let prefix: string
before(() => {
  prefix = mkdtempSync(join(tmpdir(), 'standin-hookline-'))
  mkdirSync(join(prefix, 'run/standin/builds'), { recursive: true })
  writeFileSync(join(prefix, 'run/standin/warden.pid'), `${process.pid}\n`)
  if (skip === false) assert.equal(spawnSync('mkfifo', [join(prefix, 'run/standin/hooks')]).status, 0)
})
after(() => rmSync(prefix, { recursive: true }))

/** What the line holds, with `own` set on top. */
function told(own: Readonly<Record<string, string>>): MomentValues {
  const script =
    '[[ $# == 0 ]] || export "$@"; exec 3<>"${EPREFIX}/run/standin/hooks"; source "$0"; IFS= read -r -t 5 line <&3; printf "%s" "${line}"'
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['--norc', '-c', script, HOOK, ...Object.entries(own).map((pair) => pair.join('='))],
    {
      env: { ...PORTAGE, EPREFIX: prefix },
      encoding: 'utf8',
    },
  )
  assert.deepEqual([status, stderr], [0, ''])
  return parseMoment(stdout).values
}

const unnamed = (own: Readonly<Record<string, string>>): string => told(own).UNNAMED.trim()

describe('told of', { skip }, () => {
  for (const name of [
    ['CONFIG_SITE', 'SOURCE_DATE_EPOCH', 'EXTRA_FLAGS_CONF', 'PKG_CONFIG_PATH', 'CC_FOR_BUILD', 'HOSTCC', 'MAKE', 'PYTHONPATH'],
    ['LD_AUDIT', 'LD_LIBRARY_PATH'],
    [
      'ACLOCAL_PATH',
      'CCLD',
      'HCFLAGS',
      'LDCFLAGS',
      'NODE_OPTIONS',
      'RUBYOPT',
      'VALAFLAGS',
      'XZ_OPT',
      'ZSTD_CLEVEL',
      '_JAVA_OPTIONS',
      'LOCPATH',
    ],
    ['CARGO_PROFILE_RELEASE_LTO', 'CMAKE_BUILD_TYPE', 'CMAKE_GENERATOR', 'PERL5LIB', 'PERL5OPT', 'RUSTC_BOOTSTRAP', 'CGO_CFLAGS', 'GOROOT'],
  ].flat())
    test(name, () => assert.equal(unnamed({ [name]: 'x' }), name))

  for (const [name, value] of [
    ['MAKEOPTS', '-j2 OPT=mine'],
    ['MAKEOPTS', '-j2 4'],
    ['MAKEOPTS', 'all'],
    ['MAKEOPTS', '-j 2 --shuffle'],
    ['NINJAOPTS', '-C elsewhere'],
    ['MAKEFLAGS', 'OPT=flags'],
    ['GNUMAKEFLAGS', '-r'],
    ['LD_PRELOAD', 'libsandbox.so:/home/mine.so'],
    ['PATH', '/etc/portage/wrap:/usr/bin:/bin'],
    ['PATH', 'here:/usr/bin'],
    ['PATH', '/usrlocal/bin:/usr/bin'],
    ['with_openssl', '/home/mine'],
    ['ac_cv_prog_cc', 'cc -m32'],
  ] as const)
    test(`${name}=${value}`, () => assert.equal(unnamed({ [name]: value }), name))

  test('a tarball that is named by the number of the build', () => {
    assert.equal(unnamed({ FEATURES: 'fixlafiles splitdebug packdebug' }), 'FEATURES=packdebug')
  })
})

describe('what configure is answered goes with its value', { skip }, () => {
  for (const name of [
    'ac_cv_func_malloc',
    'gl_cv_type_time_t_bits_macro',
    'gt_cv_x',
    'bash_cv_x',
    'enable_year2038',
    'with_x',
    'ac_default',
  ])
    test(name, () => {
      const { ANSWERS, UNNAMED } = told({ [name]: 'no' })
      assert.deepEqual([ANSWERS.trim(), UNNAMED.trim()], [`${name}=no`, ''])
    })

  test('several, in one line', () => {
    assert.equal(told({ with_x: '1.2', ac_cv_x: 'a,b', PATH: '/usr/bin' }).ANSWERS.trim(), 'ac_cv_x=a,b with_x=1.2')
  })

  test('not what no program hears', () => {
    const script = 'exec 3<>"${EPREFIX}/run/standin/hooks"; enable_x=yes; source "$0"; IFS= read -r -t 5 line <&3; printf "%s" "${line}"'
    const { stdout } = spawnSync('bash', ['--norc', '-c', script, HOOK], { env: { ...PORTAGE, EPREFIX: prefix }, encoding: 'utf8' })
    assert.equal(parseMoment(stdout).values.ANSWERS, '')
  })
})

describe('not told of', { skip }, () => {
  test('what Portage sets', () => assert.equal(unnamed({}), ''))
  for (const [name, value] of [
    ['ac_cv_func_malloc', ''],
    ['cvs_x', 'x'],
    ['RUBYOPT', '-rauto_gem'],
    ['PYTHONSTARTUP', '/etc/pythonstart'],
    ['CMAKE_VERBOSE', 'OFF'],
    ['PATH', '/usr/bin:/bin:/etc/eselect/wine/bin'],
    ['CARGO_BUILD_TARGET', 'x86_64-unknown-linux-gnu'],
    ['LD_PRELOAD', '/usr/lib64/libsandbox.so'],
    ['AS', 'clang -c'],
    ['MAKEFLAGS', '-j --jobserver-auth=fifo:/dev/steve'],
    ...['', '-j', '-j3 -l 2.5 -s', '--jobs=2 --output-sync=line V=1', '-j 3 -Oline -k --load-average 4', '-v'].flatMap(
      (how) =>
        [
          ['MAKEOPTS', how],
          ['NINJAOPTS', how],
          ['MAKEFLAGS', how],
        ] as const,
    ),
  ] as const)
    test(`${name}=${value}`, () => assert.equal(unnamed({ [name]: value }), ''))
})

describe('who builds is told', { skip }, () => {
  test('by PATH, as it is', () => {
    const PATH = '/usr/x86_64-pc-linux-gnu/gcc-bin/13:/usr/bin:/bin'
    assert.equal(told({ PATH }).PATH, PATH)
    assert.equal(told({}).PATH, PORTAGE['PATH'])
  })
  test('by FEATURES', () => {
    const features = (own: string): string => told({ FEATURES: own }).FEATURES.trim()
    const usual = PORTAGE['FEATURES'] ?? ''
    assert.equal(features(`ccache distcc-pump distcc icecream ${usual}`), 'distcc distcc-pump icecream')
    assert.equal(features('strict-keepdir'), 'strict-keepdir -fixlafiles -network-sandbox -sandbox -userpriv -usersandbox')
    assert.equal(features(`test test-fail-continue ${usual}`), 'test')
    assert.equal(told({ EBUILD_FORCE_TEST: '1' }).FEATURES.trim(), 'test')
    assert.equal(told({ EBUILD_FORCE_TEST: '0', ALLOW_TEST: 'network' }).ALLOW_TEST, 'network')
  })
})

test('the number of jobs is told where what is packed hangs on it', { skip }, () => {
  assert.equal(told({ PORTAGE_COMPRESS: 'xz' }).MAKEOPTS, '-j2')
  assert.equal(told({ PORTAGE_COMPRESS: 'xz', PORTAGE_COMPRESS_FLAGS: '' }).MAKEOPTS, '')
  assert.equal(told({ PORTAGE_COMPRESS: 'zstd' }).MAKEOPTS, '')
})

test('the locale of the build is told, not that of the hook', { skip }, () => {
  const { LC_ALL, LANG, LC_TIME, LANGUAGE } = told({ LC_ALL: 'C.UTF-8', LANG: 'POSIX', LC_TIME: 'POSIX', LANGUAGE: 'de:en' })
  assert.deepEqual([LC_ALL, LANG, LC_TIME, LANGUAGE], ['C.UTF-8', 'POSIX', 'POSIX', 'de:en'])
  assert.deepEqual([told({}).LC_ALL, told({}).LANG], ['', ''])
})

test('what ccache is told reaches the warden', { skip }, () => {
  const { CCACHE_DIR, CCACHE_SLOPPINESS, CCACHE_BASEDIR } = told({ CCACHE_DIR: '/cc', CCACHE_SLOPPINESS: 'locale' })
  assert.deepEqual([CCACHE_DIR, CCACHE_SLOPPINESS, CCACHE_BASEDIR], ['/cc', 'locale', undefined])
})

test('COLUMNS is told as it is, and what is no width as none', { skip }, () => {
  const { COLUMNS: none, WINDOW: unseen } = told({})
  assert.deepEqual([none, unseen], [undefined, undefined])
  for (const COLUMNS of ['1', '80', '9999']) assert.equal(told({ COLUMNS }).COLUMNS, COLUMNS)
  for (const COLUMNS of ['', '0', '080', '10000', '8x', '80 90']) assert.equal(told({ COLUMNS }).COLUMNS, '', COLUMNS)
})

/** What is told on a terminal of this width where COLUMNS is 160, in a subshell as at clean or not, and what the shell has of that afterwards. */
function toldOn(width: number, isSubshell: boolean, env: Readonly<Record<string, string>> = {}): unknown[] {
  const [script, line] = [join(prefix, 'phase'), join(prefix, 'line')]
  const phase = `source ${HOOK}; echo "keeps \${COLUMNS} \${LINES-none}"; IFS= read -r -t 5 line <&3; printf %s "\${line}" >${line}`
  writeFileSync(script, `exec 3<>${prefix}/run/standin/hooks\n${isSubshell ? `( ${phase} )` : phase}\n`)
  const { stdout } = spawnSync('script', ['-qefc', `stty rows 40 cols ${width}; exec bash --norc ${script}`, '/dev/null'], {
    env: { ...PORTAGE, SHELL: '/bin/sh', EPREFIX: prefix, COLUMNS: '160', ...env },
    encoding: 'utf8',
  })
  const { COLUMNS, WINDOW } = parseMoment(readFileSync(line, 'utf8')).values
  return [COLUMNS, WINDOW, stdout.trim()]
}

test('how wide the terminal of the phase is is told beside it, and the phase keeps what it has', { skip }, () => {
  writeFileSync(join(prefix, 'run/standin/builds/%2Fvar%2Ftmp%2Fportage%2Ftest-misc%2Fflags-1'), '')
  const atEnd = { EBUILD_PHASE: '', MISC_FUNCTIONS_ARGS: 'success_hooks' }
  for (const [isSubshell, env] of [
    [true, {}],
    [false, {}],
    [false, atEnd],
  ] as const) {
    assert.deepEqual(toldOn(100, isSubshell, env), ['160', '100', 'keeps 160 none'])
    assert.deepEqual(toldOn(0, isSubshell, env), ['160', undefined, 'keeps 160 none'], 'nobody has told the terminal how wide it is')
  }
})
