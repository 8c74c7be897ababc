# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

inherit acct-group

DESCRIPTION="Group of the part of standin that talks to the network"
# -1: the next free one, for nothing outside of this host depends on the number.
ACCT_GROUP_ID=-1
