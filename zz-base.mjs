import { createNetwork } from '/tmp/two-wt/test/support/host/network.ts'
import { installStandin } from '/tmp/two-wt/test/support/standin/install.ts'
import { execa } from 'execa'
const network = await createNetwork({ name: 'explore2' })
const host = await network.createHost({ name: 'gentoo' })
await installStandin(host, { features: 'install' })
const show = async (cmd, opts={}) => { const r = await host.run(['sh','-c',cmd], { check: false, timeoutSeconds: 60, ...opts }).catch((e) => ({ exitCode: e.message, stdout: '', stderr: '', seconds: 0 })); console.log(`\n### ${cmd} -> ${r.exitCode}  (${r.seconds.toFixed(2)} s)`); if (r.stdout) console.log(r.stdout.trimEnd().slice(-3000)); if (r.stderr) console.log('--2--\n' + r.stderr.trimEnd().slice(-3000)) }
await (await import(process.argv[2])).default({ show, network, host, execa }).catch((e) => console.log('FAILED', e))
await network.close()
