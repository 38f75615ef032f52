// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
/** What operators see of the runs: figures for a metrics registry, and the health of the whole. */
@NullMarked
package dev.duocollector.metrics;

import org.jspecify.annotations.NullMarked;
