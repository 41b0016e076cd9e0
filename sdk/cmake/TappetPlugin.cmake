# tappet_add_plugin(NAME SOURCES file… [TESTS file…] [FOLDER plugins] [NO_EMBED]): one plugin library,
# <build>/<FOLDER>/NAME.so. Its manifest is put into the file (docs/ABI.md), where `tappet plugin inspect` reads it without
# running it; NO_EMBED leaves that out. TESTS are the sources of a test of the plugin: they are linked with the plugin's own
# sources, and run by ctest as NAME; NAME.border is
# `tappet plugin test`. In a build with a sanitizer, which the engine cannot load, manifest and NAME.border are left out.
# It exports tappet_plugin_v1 and nothing else: hidden visibility, a version script over it, and -fno-gnu-unique, without
# which GCC makes statics of inline functions unique in the whole process and the library impossible to unload.
# libstdc++ is linked shared: no C++ type crosses the border, so a plugin may as well link it statically
# (-static-libstdc++), but one copy in memory serves all plugins that ship.
set(TAPPET_SDK_CMAKE ${CMAKE_CURRENT_LIST_DIR})
function(tappet_add_plugin name)
    cmake_parse_arguments(ARG "NO_EMBED" "FOLDER" "SOURCES;TESTS" ${ARGN})
    if(NOT ARG_FOLDER)
        set(ARG_FOLDER plugins)
    endif()
    set(target plugin_${name})
    add_library(${target} MODULE ${ARG_SOURCES})
    target_link_libraries(${target} PRIVATE tappet::abi)
    target_compile_features(${target} PRIVATE cxx_std_20)
    if(TARGET tappet::compiler)
        target_link_libraries(${target} PRIVATE tappet::compiler)
    endif()
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        target_compile_options(${target} PRIVATE -fno-gnu-unique)
    endif()
    if(TAPPET_SANITIZE MATCHES "undefined" AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
        # Compares typeinfo addresses, which differ across libraries that hide their symbols.
        target_compile_options(${target} PRIVATE -fno-sanitize=function,vptr)
    endif()
    target_link_options(${target} PRIVATE "LINKER:--version-script=${TAPPET_SDK_CMAKE}/plugin.map")
    set_target_properties(${target} PROPERTIES
        PREFIX "" SUFFIX ".so" OUTPUT_NAME ${name}
        CXX_VISIBILITY_PRESET hidden C_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
        LINK_DEPENDS ${TAPPET_SDK_CMAKE}/plugin.map
        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/${ARG_FOLDER})
    # An executable that is not built with the sanitizer cannot load what is.
    set(loads ON)
    string(TOUPPER "${CMAKE_BUILD_TYPE}" config)
    set(flags "${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS} ${CMAKE_C_FLAGS_${config}} ${CMAKE_CXX_FLAGS_${config}}")
    get_directory_property(options COMPILE_OPTIONS)
    if(NOT TARGET tappet AND "${flags} ${options}" MATCHES "-fsanitize=")
        set(loads OFF)
        message(STATUS "plugin ${name}: built with a sanitizer, so no engine loads it: no manifest in the file, no test ${name}.border")
    endif()
    if(loads AND NOT ARG_NO_EMBED)
        if(TARGET tappet)
            add_custom_command(TARGET ${target} POST_BUILD COMMAND tappet plugin embed $<TARGET_FILE:${target}> VERBATIM)
            add_dependencies(${target} tappet)
        elseif(TAPPET_EXECUTABLE)
            add_custom_command(TARGET ${target} POST_BUILD
                COMMAND ${TAPPET_EXECUTABLE} plugin embed $<TARGET_FILE:${target}> VERBATIM)
        else()
            message(STATUS "plugin ${name}: no tappet at hand; its manifest does not stand in the file")
        endif()
    endif()
    if(ARG_TESTS)
        add_executable(${target}_test ${ARG_TESTS} ${ARG_SOURCES})
        target_link_libraries(${target}_test PRIVATE tappet::abi)
        target_compile_features(${target}_test PRIVATE cxx_std_20)
        add_test(NAME ${name} COMMAND ${target}_test)
        if(TARGET tappet)
            add_test(NAME ${name}.border COMMAND tappet plugin test $<TARGET_FILE:${target}>)
        elseif(loads AND TAPPET_EXECUTABLE)
            add_test(NAME ${name}.border COMMAND ${TAPPET_EXECUTABLE} plugin test $<TARGET_FILE:${target}>)
        endif()
    endif()
endfunction()
