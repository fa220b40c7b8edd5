namespace BttProxy.Devnet.Chain.Vm;

/// <summary>0x01 to 0x1D: what works on the stack alone.</summary>
internal static class ArithmeticOperations
{
    public static TvmStatus Step(Frame frame, Operation operation)
    {
        var x = frame.Pop();
        switch (operation)
        {
            case Operation.IsZero:
                frame.Push(x.IsZero);
                return TvmStatus.None;
            case Operation.Not:
                frame.Push(~x);
                return TvmStatus.None;
            case Operation.AddMod:
                frame.Push(WordArithmetic.AddModulo(x, frame.Pop(), frame.Pop()));
                return TvmStatus.None;
            case Operation.MulMod:
                frame.Push(WordArithmetic.MultiplyModulo(x, frame.Pop(), frame.Pop()));
                return TvmStatus.None;
            case Operation.Exp when !frame.TryPay((long)EnergyPrice.ExpByte * WordArithmetic.ByteLength(frame.Peek())):
                return TvmStatus.OutOfEnergy;
        }

        ref var y = ref frame.Peek();
        y = operation switch
        {
            Operation.Add => x + y,
            Operation.Mul => x * y,
            Operation.Sub => x - y,
            Operation.Div => x / y,
            Operation.SDiv => WordArithmetic.SignedDivide(x, y),
            Operation.Mod => x % y,
            Operation.SMod => WordArithmetic.SignedRemainder(x, y),
            Operation.Exp => WordArithmetic.Power(x, y),
            Operation.SignExtend => WordArithmetic.SignExtend(x, y),
            Operation.Lt => Flag(x < y),
            Operation.Gt => Flag(x > y),
            Operation.SLt => Flag(WordArithmetic.SignedLess(x, y)),
            Operation.SGt => Flag(WordArithmetic.SignedLess(y, x)),
            Operation.Eq => Flag(x == y),
            Operation.And => x & y,
            Operation.Or => x | y,
            Operation.Xor => x ^ y,
            Operation.Byte => WordArithmetic.ByteAt(x, y),
            Operation.Shl => WordArithmetic.ShiftLeft(x, y),
            Operation.Shr => WordArithmetic.ShiftRight(x, y),
            _ => WordArithmetic.ShiftRightSigned(y, x),
        };
        return TvmStatus.None;
    }

    private static UInt256 Flag(bool value) => value ? UInt256.One : UInt256.Zero;
}
