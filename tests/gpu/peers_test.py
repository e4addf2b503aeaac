#!/usr/bin/env python3
"""Asks peers.py, on the CPU, as accrue_gpu_check does on a GPU. Libraries that are not there take no part, and say so."""
import os
import subprocess
import sys

QUESTIONS = ["float32 float32 1000 0 2 3", "bfloat16 float32 1000 0 1 3", "float32 float32 30x40 1 2 3",
             "float32 float32 30x40 1 2 3", "int64 int64 500x2 0 4 3"]


def answers(peer, questions):
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers.py")
    done = subprocess.run([sys.executable, script, peer, "--device", "cpu"], input="\n".join(questions) + "\n",
                          capture_output=True, text=True, timeout=100)
    return done.stdout.splitlines()


def main():
    asked = 0
    for peer in ("torch", "jax", "cupy"):
        greeting, *seconds = answers(peer, QUESTIONS + ["float33 float32 1000 0 1 3"])
        print(f"{peer}: {greeting}; {seconds}")
        if not greeting.startswith("ready: "):
            assert seconds == [] and greeting, "without a library there is a reason and no answer"
            continue
        asked += 1
        assert len(seconds) == len(QUESTIONS) + 1
        assert all(float(answer) > 0 for answer in seconds[:-1]), "a time for each question"
        assert seconds[-1].startswith("- "), "why there is none"
    if asked == 0:
        print("SKIPPED: this Python has neither torch nor JAX")


main()
