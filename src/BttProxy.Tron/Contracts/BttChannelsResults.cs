using System.Collections.Immutable;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Tron.Contracts;

/// <summary>What <c>BttChannels</c> answers. The bytes come from a node: what is no such answer is refused, never guessed.</summary>
public static class BttChannelsResults
{
    private static readonly byte[] Rejected = AbiWriter.Selector("Rejected(uint8)");

    /// <summary>Why a call was reverted; <see cref="ContractRejection.None"/> is no reason and never read.</summary>
    public static bool TryReadRejection(ReadOnlySpan<byte> revertData, out ContractRejection rejection)
    {
        rejection = ContractRejection.None;
        if (!revertData.StartsWith(Rejected))
        {
            return false;
        }

        var reader = new AbiReader(revertData[Rejected.Length..]);
        var code = (ContractRejection)reader.Number(byte.MaxValue);
        var known = reader.IsValid && code != ContractRejection.None && Enum.IsDefined(code);
        rejection = known ? code : ContractRejection.None;
        return known;
    }

    public static bool TryReadAmount(ReadOnlySpan<byte> answer, out TokenAmount amount)
    {
        var reader = new AbiReader(answer);
        amount = new TokenAmount(reader.Amount());
        return reader.IsValid;
    }

    public static bool TryReadWord(ReadOnlySpan<byte> answer, out Bytes32 word)
    {
        var reader = new AbiReader(answer);
        word = reader.Word();
        return reader.IsValid;
    }

    /// <param name="answer">Of <see cref="BttChannelsCalls.Channel"/>.</param>
    /// <param name="channel">Without terms, of which the chain keeps the hash; null when it was never opened.</param>
    public static bool TryReadChannel(ReadOnlySpan<byte> answer, out ChainChannel? channel)
    {
        var reader = new AbiReader(answer);
        var (reserved, claimed) = (new TokenAmount(reader.Amount()), new TokenAmount(reader.Amount()));
        var (epoch, withdrawAt, exists) = (reader.Number(), reader.Number(), reader.Flag());
        var valid = reader.IsValid && claimed <= reserved;
        channel = valid && exists ? new ChainChannel(null, reserved, claimed, epoch, withdrawAt == 0 ? null : withdrawAt) : null;
        return valid;
    }

    /// <param name="answer">Of <see cref="BttChannelsCalls.Judge"/>.</param>
    /// <param name="rows">How many were asked about.</param>
    /// <param name="outcomes">One for each row.</param>
    public static bool TryReadOutcomes(ReadOnlySpan<byte> answer, int rows, out ImmutableArray<ClaimOutcome> outcomes)
    {
        outcomes = [];
        var reader = new AbiReader(answer);
        if (reader.Number() != AbiWriter.WordLength || reader.Number() != (ulong)rows)
        {
            return false;
        }

        var builder = ImmutableArray.CreateBuilder<ClaimOutcome>(rows);
        for (var i = 0; i < rows; i++)
        {
            builder.Add((ClaimOutcome)reader.Number((ulong)ClaimOutcome.WrongSigner));
        }

        var valid = reader.IsValid;
        outcomes = valid ? builder.MoveToImmutable() : [];
        return valid;
    }
}
