// Marks what the shared library shows.
#pragma once
#define ACCRUE_API __attribute__((visibility("default")))
