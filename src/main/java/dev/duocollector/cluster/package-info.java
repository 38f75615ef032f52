// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Several nodes that share out the runs by Quartz' clustered job store in PostgreSQL. Nothing here is loaded where
 * {@code cluster.jdbc-url} is not set.
 */
@NullMarked
package dev.duocollector.cluster;

import org.jspecify.annotations.NullMarked;
