"""Headers with a hash of files, for what is kept only as long as these stay as they are."""

def hash_header(name, srcs, constant, meaning):
    """NAME.h, which defines kiln::codegen's CONSTANT: the first 32 digits of the SHA-256 of all srcs."""
    native.genrule(
        name = name,
        srcs = srcs,
        outs = [name + ".h"],
        cmd = """
          hash=$$(cat $(SRCS) | sha256sum | cut -c 1-32)
          printf '// Generated.\\n#pragma once\\n\\n#include <string_view>\\n\\nnamespace kiln::codegen {\\n\\n' > $@
          printf '/// %s\\n' '""" + meaning + """' >> $@
          printf 'inline constexpr std::string_view """ + constant + """ = "%s";\\n\\n}\\n' $$hash >> $@
        """,
    )
