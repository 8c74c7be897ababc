/**
 * A host gets standin as a Gentoo user gets it, by `emerge app-portage/standin`, and is then set up as that user would set it up.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Host } from '../host/host.ts'
import { append, builtStandin, emergedLayer, provideStandin } from './built.ts'
import { applyLayer } from './layer.ts'

export interface InstallOptions {
  /** STANDIN_FEATURES in make.conf, such as `install publish`. Default: nothing is written, so standin is off. */
  readonly features?: string
  /** Lines of standin.conf. Default: it stays as it was installed. */
  readonly settings?: Readonly<Record<string, string>>
  /** The text of /etc/portage/standin.policy. Default: the installed one, in which no key counts. */
  readonly policy?: string
  /** Switch the hook on in /etc/portage/bashrc. Default true. */
  readonly hook?: boolean
  /** Run that emerge on this host too, rather than lay down what it did on another host in the same run. Default false. */
  readonly fromSource?: boolean
}

/** Installs and sets up, but starts nothing: see `startDaemon`. Errors: HostError PROGRAM_FAILED with what emerge said. */
export async function installStandin(host: Host, options: InstallOptions = {}): Promise<void> {
  const built = await builtStandin()
  provideStandin(host, built)
  if (options.fromSource === true) await host.emerge(['app-portage/standin'])
  else await applyLayer(host, await emergedLayer(built))
  if (options.features !== undefined) append(host, '/etc/portage/make.conf', `STANDIN_FEATURES="${options.features}"\n`)
  for (const [key, value] of Object.entries(options.settings ?? {})) append(host, '/etc/portage/standin.conf', `${key} = ${value}\n`)
  if (options.policy !== undefined) host.write('/etc/portage/standin.policy', options.policy)
  if (options.hook !== false) await host.run(['standin', 'hook', '--enable'])
}
