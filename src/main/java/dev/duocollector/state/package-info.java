// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/** What is remembered between runs: the checkpoint, the event keys and the pending batch, in one S3 object. */
@NullMarked
package dev.duocollector.state;

import org.jspecify.annotations.NullMarked;
