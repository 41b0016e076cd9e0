/* Throws through the border, where nobody may. */
#include <stdexcept>

#include "bad.h"

BAD { throw std::runtime_error("through the border"); }
