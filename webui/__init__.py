"""Every way in: pages, REST, command line. `webui.application` makes the web application over an open engine."""
