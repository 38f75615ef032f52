// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/** Tests of what the command init makes. */
@NullMarked
package dev.duocollector.setup;

import org.jspecify.annotations.NullMarked;
