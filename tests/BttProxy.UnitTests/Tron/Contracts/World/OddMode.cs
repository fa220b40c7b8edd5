namespace BttProxy.UnitTests.Tron.Contracts.World;

/// <summary>How OddToken.sol behaves; the numbers are its constants.</summary>
internal enum OddMode
{
    ReturnsTrue = 0,
    ReturnsNothing = 1,

    /// <summary>As TRON's USDT does.</summary>
    ReturnsFalseOnSuccess = 2,
    ReturnsFalseOnFailure = 3,
    TakesAFee = 4,
    Reverts = 5,
    SendsTwice = 6,

    /// <summary>Burns all energy that it is given.</summary>
    BurnsEverything = 7,
}
