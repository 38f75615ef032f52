// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/** The command line: {@code Main} and the commands, their options, output and progress. */
@NullMarked
package dev.duocollector.cli;

import org.jspecify.annotations.NullMarked;
