using BttProxy.FunctionalTests;
using BttProxy.FunctionalTests.Client;
using BttProxy.FunctionalTests.Devnet;
using BttProxy.FunctionalTests.Relay;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace BttProxy.FunctionalTests;

/// <summary>Classes that take minutes begin first, so that none of them runs on alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly Type[] Longest =
    [
        typeof(DownloaderTests), typeof(UpTests), typeof(OperatorCommandsTests), typeof(WalletRecoveryTests), typeof(OpenFeeTests),
        typeof(ChannelOpeningTests), typeof(CooperativeCloseTests), typeof(OperatorSlowChainTests), typeof(VoucherCheatingTests), typeof(ArchiveTests),
        typeof(DemoTests), typeof(VoucherBackupTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(static collection => !Array.Exists(Longest, type => collection.TestCollectionDisplayName.Contains(type.FullName!, StringComparison.Ordinal)))];
}
