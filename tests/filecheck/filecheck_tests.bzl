"""One test per IR text: its RUN line, piped into FileCheck with the file's own CHECK lines."""

def filecheck_tests(files):
    """Makes a test of each file. `// RUN: kiln ...` names the command; %s stands for the file."""
    for file in files:
        native.sh_test(
            name = file.replace("/", "_").replace(".kir", ""),
            size = "small",
            srcs = ["run.sh"],
            args = [
                "$(rootpath //frontend/cli:kiln)",
                "$(rootpath //third_party:filecheck)",
                "$(rootpath {})".format(file),
            ],
            data = [
                file,
                "//frontend/cli:kiln",
                "//third_party:filecheck",
            ],
        )
