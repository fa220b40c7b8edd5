"""Counts checks and prints one line for each, as all suites do."""
import sys
import traceback


class Report:
    def __init__(self, only=None):
        self.only, self.passed, self.failed = only, 0, 0

    def check(self, name, run):
        """Runs a check, which raises AssertionError with the reason when it fails; says whether it was good."""
        if self.only and self.only not in name:
            return None
        try:
            said = run()
        except AssertionError as e:
            self.failed += 1
            print(f"FAILED {name}: {e}", flush=True)
            return False
        except Exception:
            self.failed += 1
            print(f"FAILED {name}: {traceback.format_exc()}", flush=True)
            return False
        self.passed += 1
        print(f"ok {name}{f' ({said})' if isinstance(said, str) else ''}", flush=True)
        return True

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(0 if self.failed == 0 and self.passed > 0 else 1)
