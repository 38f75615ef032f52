// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
import org.apache.camel.dsl.jbang.core.commands.CamelJBangMain;

/** The command {@code camel}. JBang's own script for it does the same. */
public final class Camel {

    private Camel() {}

    public static void main(String[] arguments) {
        CamelJBangMain.run(arguments);
    }
}
