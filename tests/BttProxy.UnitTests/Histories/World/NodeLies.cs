using BttProxy.Tron.Node.Wire;
using Google.Protobuf;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>What one of several nodes says instead of the truth.</summary>
internal static class NodeLies
{
    private const long Behind = 40;

    public static Func<IMessage, IMessage> Of(int variant) => (variant % 3) switch
    {
        // Behind: knows no transaction, and an old block.
        0 => static honest => honest switch
        {
            TransactionInfo => new TransactionInfo(),
            BlockExtention block => Older(block),
            _ => honest,
        },
        // Contracts return something else.
        1 => static honest => honest is TransactionExtention answer ? Other(answer) : honest,
        // Everything has succeeded, whatever it was.
        _ => static honest => honest is TransactionInfo info ? Succeeded(info) : honest,
    };

    private static BlockExtention Older(BlockExtention honest)
    {
        var block = honest.Clone();
        block.BlockHeader.RawData.Number = Math.Max(0, block.BlockHeader.RawData.Number - Behind);
        return block;
    }

    private static TransactionExtention Other(TransactionExtention honest)
    {
        var answer = honest.Clone();
        for (var i = 0; i < answer.ConstantResult.Count; i++)
        {
            var bytes = answer.ConstantResult[i].ToByteArray();
            if (bytes.Length > 0)
            {
                bytes[^1] ^= 1;
                answer.ConstantResult[i] = ByteString.CopyFrom(bytes);
            }
        }

        return answer;
    }

    private static TransactionInfo Succeeded(TransactionInfo honest)
    {
        var info = honest.Clone();
        info.Result = TransactionInfo.Types.code.Sucess;
        info.Log.Clear();
        return info;
    }
}
