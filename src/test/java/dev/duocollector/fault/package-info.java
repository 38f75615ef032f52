/** Failures on the way: a proxy between the collector and one server, and plans that say which request fails, and how. */
@NullMarked
package dev.duocollector.fault;

import org.jspecify.annotations.NullMarked;
