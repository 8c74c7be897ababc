/**
 * Cases of the rules about what an image holds, and about what builds could pick up.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type Case, guarded, leaves, refuses } from '../case.ts'
import { addFile, addFolder, addLink } from '../input.ts'

export const CONTENT_CASES: readonly Case[] = [
  ...['a\nb', 'a\u001bb', '..', '.', '', 'x'.repeat(256), 'a\ud800b'].map((name) =>
    refuses('sound-names', JSON.stringify(name), (input) => addFile(input, `usr/share/doc/${name}/x`)),
  ),
  { ...refuses('sound-names', 'an absolute path', (input) => addFile(input, '/usr/share/doc/x')), behind: 'elsewhere' },
  refuses('sound-names', 'a path that ends with a slash', (input) => addFile(input, 'usr/share/doc/x/')),
  refuses('sound-names', 'a path of 4,000 bytes', (input) => addFile(input, `usr/share/doc/${'deep/'.repeat(800)}x`)),
  refuses('sound-names', 'a name of 128 letters and 256 bytes', (input) => addFile(input, `usr/share/doc/${'ü'.repeat(128)}`)),
  refuses('sound-names', 'a link target of 5,000 bytes', (input) => addLink(input, 'usr/share/doc/l', `${'ü/'.repeat(1700)}x`)),
  refuses('sound-names', 'a link to a name with an escape', (input) => addLink(input, 'usr/share/doc/l', 'a\u001bb')),
  refuses('one-tree', 'one path twice', (input) => addFile(input, 'usr/share/demo/table')),
  { ...refuses('one-tree', 'a path below a link', (input) => addFile(input, 'usr/bin/demo-alias/x')), behind: 'elsewhere' },
  { ...refuses('one-tree', 'a file that is a folder too', (input) => addFile(input, 'usr/share/demo')), behind: 'elsewhere' },
  refuses('one-tree', 'records out of order', (input) => (input.manifest.records = input.manifest.records.toReversed())),
  refuses('no-set-id', 'a set-user-id file', (input) => addFile(input, 'usr/share/doc/s', { mode: 0o4755 })),
  refuses('no-set-id', 'a set-group-id file', (input) => addFile(input, 'usr/share/doc/s', { mode: 0o2755 })),
  refuses('no-set-id', 'a set-group-id folder', (input) => addFolder(input, 'usr/share/doc/s', 0o2755)),
  refuses('no-capability', 'a file capability', (input) => addFile(input, 'usr/share/doc/s', { capability: '0100' })),
  refuses('root-owned', 'a folder of somebody else that would not be placed', (input) => {
    addFolder(input, 'var/lib/demo', 0o755, 'games')
  }),
  refuses('root-owned', 'a foreign owner', (input) => addFile(input, 'usr/share/doc/s', { owner: 'games' })),
  refuses('root-owned', 'a foreign group', (input) => addFile(input, 'usr/share/doc/s', { group: 'games' })),
  refuses('not-world-writable', 'a sticky folder for everybody', (input) => addFolder(input, 'usr/share/doc/s', 0o1777)),
  refuses('not-world-writable', 'a world-writable file', (input) => addFile(input, 'usr/share/doc/s', { mode: 0o666 })),
  guarded('no-header', 'include-folder', 'usr/include/demo.h'),
  ...['usr/share/demo/x.hpp', 'opt/demo/include/any'].map((path) => leaves('no-header', path)),
  leaves('no-static-library', 'usr/share/demo/libdemo.a'),
  leaves('no-libtool', 'usr/share/demo/libdemo.la'),
  guarded('no-pkgconfig', 'elsewhere', 'usr/lib64/pkgconfig/demo'),
  leaves('no-pkgconfig', 'usr/share/demo/demo.pc'),
  guarded('no-cmake', 'elsewhere', 'usr/lib64/cmake/Demo/x'),
  leaves('no-cmake', 'usr/share/demo/Demo.cmake'),
  guarded('no-aclocal', 'elsewhere', 'usr/share/aclocal/x'),
  leaves('no-aclocal', 'usr/share/demo/demo.m4'),
  leaves('no-bindings', 'usr/share/demo/Demo.gir'),
  leaves('no-development-link', 'usr/lib64/libdemo.so', (input) => addLink(input, 'usr/lib64/libdemo.so', 'libdemo.so.1')),
  guarded('no-development-link', 'libraries', 'usr/lib64/libscript.so'),
  leaves('no-config-script', 'opt/demo/bin/demo-config'),
  guarded('no-config-script', 'commands', 'usr/bin/demo-config'),
  guarded('no-config-script', 'commands', 'usr/bin/demo_config'),
]
