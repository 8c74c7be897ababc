# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

inherit acct-user

ACCT_USER_ID=642
ACCT_USER_GROUPS=( tester portage )
ACCT_USER_HOME=/var/lib/tester
ACCT_USER_HOME_PERMS=0750
acct-user_add_deps
