"""The core of a day in engines other than Chromium: Debian's WebKitGTK and Firefox ESR."""
