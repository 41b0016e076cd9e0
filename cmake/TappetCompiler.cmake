# Warnings as errors, sanitizers, linker and cache: what every target of the tree is compiled with.
add_library(tappet_compiler INTERFACE)
add_library(tappet::compiler ALIAS tappet_compiler)

target_compile_options(tappet_compiler INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>
    $<$<COMPILE_LANGUAGE:CXX>:-Woverloaded-virtual> -Werror
    -fno-omit-frame-pointer -fvisibility=hidden)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 reports these inside libstdc++ and Boost when it inlines; Clang keeps the real ones.
    target_compile_options(tappet_compiler INTERFACE
        -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread
        -Wno-array-bounds -Wno-free-nonheap-object -Wno-dangling-pointer -Wno-mismatched-new-delete)
    # Clang leaves designated initializers out of this one: the rest of the members are meant to be their defaults.
    target_compile_options(tappet_compiler INTERFACE -Wno-missing-field-initializers)
endif()
if(TAPPET_SANITIZE)
    target_compile_options(tappet_compiler INTERFACE -fsanitize=${TAPPET_SANITIZE} -fno-sanitize-recover=all)
    target_link_options(tappet_compiler INTERFACE -fsanitize=${TAPPET_SANITIZE})
endif()

if(TAPPET_FUZZ)
    target_compile_options(tappet_compiler INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(TAPPET_LLD NAMES ld.lld-16 ld.lld)
if(TAPPET_LLD AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    target_link_options(tappet_compiler INTERFACE -fuse-ld=lld)
endif()

find_program(TAPPET_CCACHE ccache)
if(TAPPET_CCACHE)
    set(CMAKE_C_COMPILER_LAUNCHER ${TAPPET_CCACHE})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${TAPPET_CCACHE})
endif()
