// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/** The collector as an OSGi bundle in Apache Karaf: one collector for each of its .cfg files. */
@NullMarked
package dev.duocollector.karaf;

import org.jspecify.annotations.NullMarked;
