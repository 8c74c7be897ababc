// Guarantees that webtorrent finds no WebRTC: the real package clones and compiles C++ at install time, and nobody here speaks WebRTC.
// SPDX-License-Identifier: GPL-2.0-or-later
export const RTCPeerConnection = undefined
export const RTCSessionDescription = undefined
export const RTCIceCandidate = undefined
export default undefined
