# The target `product` (what ships, without tests) and the install tree:
#   bin/tappet  plugins/*.so  include/tappet/*  lib/cmake/tappet-sdk/*  lib/pkgconfig/tappet-sdk.pc
# It may be moved as a whole.
# Included last: it looks at what the folders have defined.

# tappet_targets_below(OUT DIR): every target defined in DIR and the folders below it.
function(tappet_targets_below out dir)
    get_property(targets DIRECTORY ${dir} PROPERTY BUILDSYSTEM_TARGETS)
    get_property(folders DIRECTORY ${dir} PROPERTY SUBDIRECTORIES)
    foreach(folder ${folders})
        tappet_targets_below(more ${folder})
        list(APPEND targets ${more})
    endforeach()
    set(${out} ${targets} PARENT_SCOPE)
endfunction()

add_custom_target(product)
if(TARGET tappet)
    add_dependencies(product tappet)
    install(TARGETS tappet RUNTIME DESTINATION bin)
endif()

tappet_targets_below(plugin_targets ${PROJECT_SOURCE_DIR}/plugins)
foreach(target ${plugin_targets})
    get_target_property(type ${target} TYPE)
    if(type MATCHES "MODULE_LIBRARY|SHARED_LIBRARY")
        add_dependencies(product ${target})
        install(FILES $<TARGET_FILE:${target}> DESTINATION plugins)
    endif()
endforeach()

if(EXISTS ${PROJECT_SOURCE_DIR}/sdk/include)
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/sdk/include/ DESTINATION include)
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/sdk/cmake/ DESTINATION lib/cmake/tappet-sdk PATTERN "*.in" EXCLUDE)
    include(CMakePackageConfigHelpers)
    write_basic_package_version_file(${CMAKE_BINARY_DIR}/tappet-sdk-config-version.cmake
        COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
    install(FILES ${CMAKE_BINARY_DIR}/tappet-sdk-config-version.cmake DESTINATION lib/cmake/tappet-sdk)
    configure_file(${PROJECT_SOURCE_DIR}/sdk/cmake/tappet-sdk.pc.in ${CMAKE_BINARY_DIR}/tappet-sdk.pc @ONLY)
    install(FILES ${CMAKE_BINARY_DIR}/tappet-sdk.pc DESTINATION lib/pkgconfig)
endif()
