// Peers of the table of times: processes that answer, or do not.
#include "tests/gpu/peer.h"

#include "tests/support/catch.h"

using accrue::test::Peer;

TEST_CASE("a peer answers a line with a line") {
  Peer peer("echo", "echo 'ready: Echo 1'; exec cat");
  CHECK(peer.greeting() == "Echo 1");
  CHECK(peer.ask("a question", 10) == "a question");
  CHECK(peer.ask("another", 10) == "another");
}

TEST_CASE("a peer that takes no part says why") {
  Peer peer("none", "echo 'no module'");
  CHECK(peer.greeting() == "SKIPPED: no module");
  CHECK_FALSE(peer.is_ready());
  CHECK(peer.ask("a question", 10) == std::nullopt);
  CHECK(Peer("missing", "exec /nowhere/python").greeting() == "SKIPPED: it ended, or did not start in time");
}

TEST_CASE("a peer that does not answer in time is started again for another question") {
  Peer peer("slow",
            "echo 'ready: Slow'; while read line; do [ $line = hard ] && sleep 1000; echo $line; done");
  CHECK(peer.ask("easy", 10) == "easy");
  CHECK(peer.ask("hard", 0.1) == std::nullopt);
  CHECK(peer.ask("hard", 0.1) == std::nullopt);
  CHECK(peer.ask("easy", 10) == "easy");
}

TEST_CASE("a peer that crashes is started again for another question") {
  Peer peer("crashing",
            "echo 'ready: Crashing'; while read line; do [ $line = hard ] && exit 1; echo $line; done");
  CHECK(peer.ask("hard", 10) == std::nullopt);
  CHECK(peer.ask("easy", 10) == "easy");
}
