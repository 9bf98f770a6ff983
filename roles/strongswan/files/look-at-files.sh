#!/bin/sh
# Run on the host, never installed there. Arguments: paths of files and folders.
# Prints "MODE SHA256 PATH" of each file and "MODE folder PATH" of each folder that belongs to root.
for path; do
    case $(stat --format %U:%G:%F "$path" 2>/dev/null) in
        'root:root:regular file') echo "0$(stat --format %a "$path") $(sha256sum <"$path" | cut -d ' ' -f 1) $path" ;;
        root:root:directory) echo "0$(stat --format %a "$path") folder $path" ;;
    esac
done
