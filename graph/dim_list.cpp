#include "graph/dim_list.h"

#include <array>

#include "graph/checks.h"

namespace accrue {

Dims resolve_dims(const Call& call, const DimList& list, const Node& x) {
  std::array<bool, max_rank> named{};
  if (!list.dims()) named.fill(true);
  if (list.dims())
    for (std::int64_t dim : *list.dims()) {
      bool& is_named = named[static_cast<std::size_t>(resolve_dim(call.op(), dim, x, call.where()))];
      if (is_named)
        call.refuse("dims " + to_string(*list.dims()) + " of " + type_text(x) +
                    " name one dim twice; once is enough");
      is_named = true;
    }
  Dims dims;
  for (std::size_t i = 0; i < x.shape.size(); ++i)
    if (named[i]) dims.push_back(static_cast<std::int64_t>(i));
  return dims;
}

}  // namespace accrue
