// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
/** What operators see of the runs: metrics and health. */
@NullMarked
package dev.duocollector.metrics;

import org.jspecify.annotations.NullMarked;
