# find_package(tappet-sdk): the headers as tappet::abi, and tappet_add_plugin().
if(NOT TARGET tappet::abi)
    set(tappet_sdk_root ${CMAKE_CURRENT_LIST_DIR}/../../..)
    if(NOT EXISTS ${tappet_sdk_root}/include/tappet/abi.h)
        set(tappet_sdk_root ${CMAKE_CURRENT_LIST_DIR}/..)  # in the engine's source tree
    endif()
    cmake_path(NORMAL_PATH tappet_sdk_root)
    add_library(tappet::abi INTERFACE IMPORTED)
    target_include_directories(tappet::abi INTERFACE ${tappet_sdk_root}/include)
    unset(tappet_sdk_root)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/TappetPlugin.cmake)
