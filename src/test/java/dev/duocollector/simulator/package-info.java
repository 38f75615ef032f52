/** Duo's telephony log as an HTTP server for the tests: stricter than Duo, with made-up events and named misbehaviors. */
@NullMarked
package dev.duocollector.simulator;

import org.jspecify.annotations.NullMarked;
