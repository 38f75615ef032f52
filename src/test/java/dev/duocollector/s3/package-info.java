/** An S3 server of the tests' own, which checks signatures and conditional writes as the real one does. */
@NullMarked
package dev.duocollector.s3;

import org.jspecify.annotations.NullMarked;
