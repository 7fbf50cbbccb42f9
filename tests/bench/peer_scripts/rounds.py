"""Ask a peer for rounds of work: a line comes in, one line of JSON goes out.

Runs in any Python 3.8 or newer and imports nothing of ours. The first answer means that everything is loaded
and that the work has run once; each later one holds the processor seconds of one more run.
"""

import json
import os
import sys
import time


def serve(prepare, warm=True):
    """Prepare (which returns the work, a callable), then work once for every line of standard input.

    What the work returns is told along if it is a dictionary. ``warm=False`` leaves out the first, untimed
    run.
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever the peer prints must not be taken for an answer

    def tell(**answer: object) -> None:
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    try:
        work = prepare()
        if warm:
            work()
        tell(ready=True)
        for _ in sys.stdin:
            start = time.process_time()
            result = work()
            seconds = time.process_time() - start
            tell(seconds=seconds, **(result if isinstance(result, dict) else {}))
    except Exception as problem:  # noqa: BLE001  the one who asks must hear of it
        tell(failed=f"{type(problem).__name__}: {problem}")
