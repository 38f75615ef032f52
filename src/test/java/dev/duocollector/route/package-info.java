/** The routes as they are shipped, against a simulated Duo and a real S3 server. */
@NullMarked
package dev.duocollector.route;

import org.jspecify.annotations.NullMarked;
