// Guarantees that webtorrent finds no uTP: it is a native addon, and TCP moves ten times as much.
// SPDX-License-Identifier: GPL-2.0-or-later
module.exports = {}
