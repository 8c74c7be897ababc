/**
 * Places that refuse the package: what lies there gives rights, is loaded into other programs or found by other builds, or the program is not itself
 * without it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { PlaceRule } from './rule.ts'

const guarded = (id: string, why: string, pattern: RegExp): PlaceRule => {
  return { scope: 'place', id, why, at: (path) => pattern.test(path), takes: [], otherwise: 'refuse', needed: true }
}

const RIGHTS: readonly PlaceRule[] = [
  guarded(
    'pam',
    'PAM modules and settings decide who may log in',
    /^(etc\/(pam\.d|security)|usr\/lib[^/]*\/(security|pam[^/]*)|usr\/share\/pam[^/]*)\//,
  ),
  guarded('sudoers', 'settings of sudo and doas give rights', /^(etc\/(sudoers|doas)[^/]*|usr\/lib(exec|[^/]*)\/sudo)(\/|$)/),
  guarded(
    'polkit',
    'polkit actions and rules give rights, and a program that asks for one fails without',
    /^(etc|usr\/(share|lib[^/]*))\/polkit-1\//,
  ),
  guarded('dbus-system', 'services of the system bus run as root, by rules of their own', /^(etc\/dbus-1|usr\/share\/dbus-1\/system)/),
  guarded('security-policy', 'security policy binds other programs', /^(etc\/(apparmor|selinux|firejail)|usr\/share\/(selinux|apparmor))/),
  guarded(
    'certificates',
    'certificates and key modules are trusted by others',
    /^(etc\/(ssl|pki|ca-certificates)|usr\/share\/(ca-certificates|p11-kit|pki)\/|usr\/lib[^/]*\/pkcs11\/)/,
  ),
  guarded('portage-files', 'it belongs to Portage', /^(etc\/portage|usr\/(share|lib[^/]*)\/portage|var\/db)\//),
]

const SYSTEM: readonly PlaceRule[] = [
  guarded('kernel-modules', 'kernel modules are loaded by the kernel', /^(usr\/)?lib\/modules\//),
  guarded('firmware', 'firmware is loaded by the kernel', /^(usr\/)?lib\/firmware\//),
  guarded('boot-files', 'what lies in /boot starts the machine', /^(boot|efi)\//),
  guarded('name-services', 'modules of the name service switch are loaded into every program', /^(usr\/)?lib[^/]*\/libnss_[^/]+$/),
  guarded('loader-settings', 'settings of the dynamic loader bind every program', /^etc\/ld\.so\./),
  guarded('libc-data', 'character sets and locales of the libc are loaded into every program', /^usr\/lib[^/]*\/(gconv|locale)\//),
  guarded(
    'toolchain-folders',
    'it is part of a toolchain',
    /^usr\/(lib[^/]*\/(gcc|binutils|bfd-plugins|llvm|clang|ccache|distcc|rustlib|go)\/|(?!lib|share)[^/]+-[^/]+-[^/]+\/)/,
  ),
]

/** A queued build runs these languages, and would find what is there. */
const LANGUAGES: readonly PlaceRule[] = [
  guarded('python-startup', 'Python runs it at every start', /^usr\/lib[^/]*\/(python|pypy).*\/((site|user)customize\.py|[^/]+\.pth)$/),
  guarded('python-modules', 'Python modules are found by every build that runs Python', /^usr\/lib[^/]*\/(python|pypy)[^/]*\//),
  guarded('perl-modules', 'Perl modules are found by every build that runs Perl', /^usr\/(lib[^/]*|share)\/perl5?\//),
  guarded('ruby-modules', 'Ruby modules are found by every build that runs Ruby', /^usr\/(lib[^/]*|share)\/ruby\//),
  guarded(
    'java-machines',
    'Java machines and their libraries are found by every build that runs Java',
    /^usr\/(lib[^/]*\/(jvm|java)|share\/java(-config-\d)?)\//,
  ),
  guarded(
    'language-modules',
    'modules of a language are found by every program in it',
    /^usr\/(lib[^/]*|share)\/(node_modules|lua|R|ocaml|ghc-[^/]*|erlang|guile|php[^/]*|tcl[^/]*|tk[^/]*|octave|common-lisp|racket)\//,
  ),
  guarded('markup-catalogues', 'XML and SGML catalogues are found by builds that make documents', /^(etc|usr\/share)\/(xml|sgml)\//),
  guarded('tex-trees', 'TeX finds files by a list that the merge makes', /^usr\/share\/(texmf[^/]*|texlive|tlpkg)\//),
]

/** Loaded by whatever program uses the toolkit, the sound or the screen, at once. */
const PLUGINS: readonly PlaceRule[] = [
  guarded(
    'toolkit-modules',
    'toolkit modules are loaded into every program of that toolkit',
    /^usr\/lib[^/]*\/(gtk-\d|gdk-pixbuf-|gio\/|qt\d?[^/]*\/|qt-plugins\/|kde\d?\/|kf\d\/|enchant-)/,
  ),
  guarded(
    'media-modules',
    'media plug-ins are loaded into every program that plays or records',
    /^usr\/lib[^/]*\/(gstreamer-|frei0r-|ladspa\/|lv2\/|dssi\/|vst3?\/|lxvst\/|clap\/|alsa-lib\/|pulse|pipewire-|spa-|libcamera\/)/,
  ),
  guarded(
    'graphics-drivers',
    'drivers are loaded into every program that draws',
    /^(usr\/lib[^/]*\/(dri|gbm|va|vdpau|xorg|libGL|egl)\/|usr\/share\/(vulkan|glvnd|egl|drirc\.d|OpenCL)\/|etc\/(OpenCL|vulkan|glvnd)\/)/,
  ),
  guarded(
    'settings-schemas',
    'its settings schemas are compiled at the merge, and it ends at once without',
    /^usr\/share\/(glib-2\.0\/schemas|GConf)\//,
  ),
]

export const GUARDED_PLACES: readonly PlaceRule[] = [...RIGHTS, ...SYSTEM, ...LANGUAGES, ...PLUGINS]
