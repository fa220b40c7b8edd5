// Most of a test's time is spent waiting for blocks and paced requests, so more of them run at once than there are cores.
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]
[assembly: Xunit.CaptureConsole]
