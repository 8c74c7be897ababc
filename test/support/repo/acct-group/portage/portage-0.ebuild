# SPDX-License-Identifier: GPL-2.0-or-later

EAPI=8

inherit acct-group

ACCT_GROUP_ID=250
