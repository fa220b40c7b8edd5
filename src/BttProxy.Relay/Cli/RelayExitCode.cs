namespace BttProxy.Relay.Cli;

/// <summary>What <c>bttproxy-relay</c> answers to the shell. The numbers are part of the command line's contract and never change.</summary>
internal enum RelayExitCode
{
    Success = 0,

    /// <summary>The command line or the configuration is wrong.</summary>
    BadConfiguration = 2,

    /// <summary>The ledger or the chain cannot be used.</summary>
    CannotRun = 3,

    /// <summary><c>claim</c> and <c>close</c>: the chain refused something, or something was left in the outbox.</summary>
    NotClaimed = 4,

    /// <summary><c>doctor</c>: a step failed; <c>probe</c>: somebody does not answer, or says that it is not well.</summary>
    Unhealthy = 5,

    /// <summary><c>deploy-contract</c>: what stands at the address is not the contract that this program has.</summary>
    OtherContract = 7,

    /// <summary>Ctrl-C or SIGTERM while a command waited; what it began goes on.</summary>
    Interrupted = 130,
}
