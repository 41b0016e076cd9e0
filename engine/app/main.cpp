#include "app/cli.hpp"

int main(int argc, char** argv) { return tappet::app::run_cli(argc, argv); }
