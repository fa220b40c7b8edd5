using System.Text.Json;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Node;
using BttProxy.Tron.Node.Wire;
using BttProxy.UnitTests.Protocol;
using Xunit;

namespace BttProxy.UnitTests.Tron.Node;

/// <summary>Transactions are those of TronWeb, byte by byte.</summary>
public sealed class TransactionVectorTests
{
    public static TheoryData<string> Names =>
        [.. VectorFile.Tron.GetProperty("transactions").EnumerateArray().Select(vector => vector.Text("name"))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Transaction_HasTheBytesIdAndSignatureOfTronWeb(string name)
    {
        var vector = VectorFile.Tron.GetProperty("transactions").EnumerateArray().Single(vector => vector.Text("name") == name);
        using var key = Secp256k1Key.FromBytes(Convert.FromHexString(vector.Text("privateKey")));
        var raw = vector.GetProperty("raw_data");
        var terms = new TransactionTerms(
            new BlockReference(Bytes32.Parse(VectorFile.Tron.GetProperty("refBlock").Text("blockID"))),
            Time(raw, "timestamp"), Time(raw, "expiration"))
        {
            FeeLimit = Number(raw, "fee_limit"),
            PermissionId = (int)Number(raw.GetProperty("contract")[0], "Permission_id"),
        };

        var transaction = TronTransaction.Sign(Operation(raw.GetProperty("contract")[0]), terms, key);

        Assert.Equal(Bytes32.Parse(vector.Text("txID")), transaction.Id);
        Assert.Equal(vector.Text("signedTransactionHex"), Convert.ToHexStringLower(transaction.Encoded.Span));
        Assert.Equal(vector.GetProperty("bandwidthBytes").GetInt32(), transaction.Bandwidth);
        var decoded = TronTransaction.Decode(transaction.Encoded.Span);
        Assert.Equal((transaction.Id, transaction.Expiration), (decoded.Id, decoded.Expiration));
    }

    [Fact]
    public void DeployedContract_LandsWhereTronWebSays()
    {
        var vector = VectorFile.Tron.GetProperty("contractAddresses")[0];
        var owner = new TronAddress(Convert.FromHexString(vector.Text("ownerHex")).AsSpan(1));
        Assert.Equal(
            vector.Text("contractHex"),
            "41" + Convert.ToHexStringLower(ContractCreation.AddressOf(Bytes32.Parse(vector.Text("txID")), owner).Span));
    }

    private static TronOperation Operation(JsonElement contract)
    {
        var value = contract.GetProperty("parameter").GetProperty("value");
        var owner = Address(value, "owner_address");
        return contract.Text("type") switch
        {
            "TransferContract" => new TrxTransfer(owner, Address(value, "to_address"), Number(value, "amount")),
            "TransferAssetContract" => new TokenTransfer(owner, Address(value, "to_address"), 1_002_000, Number(value, "amount")),
            "TriggerSmartContract" => new ContractCall(
                owner, Address(value, "contract_address"), Convert.FromHexString(value.Text("data")))
            {
                TokenId = Number(value, "token_id"),
                TokenAmount = Number(value, "call_token_value"),
            },
            _ => new ContractCreation(
                owner, value.GetProperty("new_contract").Text("name"), Convert.FromHexString(value.GetProperty("new_contract").Text("bytecode")))
            {
                Abi = new SmartContract.Types.ABI
                {
                    Entrys =
                    {
                        new SmartContract.Types.ABI.Types.Entry
                        {
                            Name = "x",
                            Type = SmartContract.Types.ABI.Types.Entry.Types.EntryType.Function,
                            StateMutability = SmartContract.Types.ABI.Types.Entry.Types.StateMutabilityType.View,
                            Outputs = { new SmartContract.Types.ABI.Types.Entry.Types.Param { Type = "uint256" } },
                        },
                    },
                },
            },
        };
    }

    private static DateTimeOffset Time(JsonElement raw, string name) => DateTimeOffset.FromUnixTimeMilliseconds(raw.GetProperty(name).GetInt64());

    private static long Number(JsonElement element, string name) => element.TryGetProperty(name, out var number) ? number.GetInt64() : 0;

    private static TronAddress Address(JsonElement element, string name) => new(Convert.FromHexString(element.Text(name)).AsSpan(1));
}
