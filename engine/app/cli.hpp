#pragma once

namespace tappet::app {

/// Runs one command line; gives the process's exit code. Catches everything.
int run_cli(int argc, const char* const* argv);

}  // namespace tappet::app
