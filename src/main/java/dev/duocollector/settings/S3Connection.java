// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.net.URI;
import java.util.Optional;

/**
 * How to get to S3.
 *
 * @param region the bucket's region, empty for the SDK's
 * @param endpoint an S3-compatible server, empty for AWS
 * @param pathStyle whether the bucket's name goes into the path
 * @param proxy an HTTP proxy on the way, empty for the SDK's own way
 * @param checksumsWhenRequired leaves out checksums that older servers refuse
 */
public record S3Connection(
        Optional<String> region,
        Optional<URI> endpoint,
        boolean pathStyle,
        Optional<URI> proxy,
        boolean checksumsWhenRequired) {}
