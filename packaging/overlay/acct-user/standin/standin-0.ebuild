# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

inherit acct-user

DESCRIPTION="User of the part of standin that talks to the network"
# -1: the next free one, for nothing outside of this host depends on the number.
ACCT_USER_ID=-1
ACCT_USER_GROUPS=( standin )

acct-user_add_deps
