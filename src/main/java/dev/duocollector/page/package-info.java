// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
/** The status page that {@code run} shows to people: plain HTML, of what this process has in memory. Knows no server. */
@NullMarked
package dev.duocollector.page;

import org.jspecify.annotations.NullMarked;
